#!/usr/bin/python3
"""Write the workbooks of this directory with openpyxl 3.0 (Debian: python3-openpyxl)."""
import datetime
import pathlib

import openpyxl
import openpyxl.styles
from openpyxl.utils.datetime import CALENDAR_MAC_1904

DIRECTORY = pathlib.Path(__file__).parent
HEADER = ["工单编号", "受理时间", "办结日期", "用时", "评分", "已办结", "内容"]
ROWS = [
    [
        "20240402000001",
        datetime.datetime(2024, 4, 2, 18, 16, 58),
        datetime.date(2024, 4, 9),
        datetime.timedelta(hours=36, minutes=5),
        0.1 + 0.2,
        True,
        '第一行\n第二行，"引号", comma',
    ],
    [
        202404021816581234,
        datetime.datetime(1899, 12, 31, 1, 2, 3),
        datetime.date(1900, 3, 1),
        datetime.time(8, 30),
        -1e-7,
        False,
        "=1/0",
    ],
    [" 空格 ", None, None, None, 123456789012345, None, "😀_x000D_\r\n<&>"],
]


def fill(book, sheet):
    sheet.title = "工单"
    sheet.append(["岚江市工单表（2024年5月）"])
    sheet.append([])
    sheet.append(HEADER)
    for row in ROWS:
        sheet.append(row)
    notes = book.create_sheet("说明")
    notes.append([])
    notes.append([None, "第二张表"])
    notes.sheet_state = "hidden"


def usual():
    book = openpyxl.Workbook()
    fill(book, book.active)
    sheet = book.active
    sheet.merge_cells("A1:G1")
    sheet.row_dimensions[5].hidden = True
    sheet.column_dimensions["C"].width = 20
    sheet["A1"].font = openpyxl.styles.Font(bold=True)
    sheet["C4"].number_format = '[$-804]yyyy"年"m"月"d"日";@'
    sheet["B4"].number_format = "m/d/yy h:mm"
    book.save(DIRECTORY / "openpyxl.xlsx")


def streamed_of_1904():
    book = openpyxl.Workbook(write_only=True)
    book.epoch = CALENDAR_MAC_1904
    sheet = book.create_sheet()
    fill(book, sheet)
    book.save(DIRECTORY / "openpyxl_1904.xlsx")


def iso_dates():
    book = openpyxl.Workbook()
    book.iso_dates = True
    fill(book, book.active)
    book.save(DIRECTORY / "openpyxl_iso.xlsx")


usual()
streamed_of_1904()
iso_dates()
